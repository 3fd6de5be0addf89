"""One small valid file of every vendor, and of more of their variants, with the answers that reading it needs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from analysis.importers import Context, template
from analysis.tables import FACTS, judge
from fit_for_tests import ENUM, TEXT, UINT8, UINT16, UINT32, FitFile, file_id, run, seconds, session

HOOPER: Final = 'instrument = "hooper"\n'
LONG_SHEET: Final = """version = 1
[defaults]
load_unit = "kg"
[columns]
date = "Date"
exercise = "Exercise"
reps = "Reps"
load = "Load"
"""


@dataclass(frozen=True)
class Sample:
    """The bytes of a file; what the user answers; why it does not come through a spreadsheet unchanged, if so."""

    data: bytes
    answers: Mapping[str, Any] = field(default_factory=dict)
    mapping: str | None = None
    athlete: str | None = "anna"
    no_resave: str = ""

    @property
    def table(self) -> bool:
        """Whether it is a CSV file."""
        return self.data[:1] not in (b"P", b"<", b"{", b"[") and self.data[8:12] != b".FIT"

    def context(self, folder: Path) -> Context:
        """The context of an import; `folder` gets the mapping file where there is one."""
        path = None
        if self.mapping is not None:
            path = folder / "mapping.toml"
            path.write_text(self.mapping, encoding="utf-8")
        return Context(athlete=self.athlete, mapping=path, **self.answers)


def lines(*texts: str, **more: Any) -> Sample:
    """A text file of these lines."""
    return Sample("".join(f"{text}\n" for text in texts).encode(), **more)


def document(found: Any, **more: Any) -> Sample:
    """A JSON file."""
    return Sample(json.dumps(found).encode(), **more)


def zipped(**files: bytes) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def sheet(kind: str) -> Sample:
    """One of our sheets, as its template comes."""
    return Sample(template(kind).encode(), athlete=None)


STRONG = lines(
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
    "2024-05-06 07:08:09,A,1h,Squat,1,60,5,0,0,,,8",
    "2024-05-06 07:08:09,A,1h,Squat,Rest Timer,0,0,0,90,,,",
    '2024-05-06 07:08:09,A,1h,Squat,2,62.5,5,0,0,"deep, slow",easy day,',
    "2024-05-08 17:30:00,B,45m,Plank,1,0,0,0,60,,,",
    answers={"unit": "kg"},
)
HEVY = lines(
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe",
    'Legs,"15 Sep 2025, 07:48","15 Sep 2025, 09:13",,Squat,,,0,warmup,40,10,,,',
    'Legs,"15 Sep 2025, 07:48","15 Sep 2025, 09:13",,Squat,,,1,normal,70,8,,,8.5',
    'Legs,"15 Sep 2025, 07:48","15 Sep 2025, 09:13",,Plank,0,,0,normal,,,,60,',
)
HEVY_BODY = lines(
    '"date","weight_kg","fat_percent","neck_in","shoulder_in","chest_in","left_bicep_in","right_bicep_in",'
    '"left_forearm_in","right_forearm_in","abdomen_in","waist_in","hips_in","left_thigh_in","right_thigh_in",'
    '"left_calf_in","right_calf_in"',
    '"14 Jan 2025, 00:00",78.7,22.3,15,,,,,,,,31.5,,,,,',
    '"15 Jan 2025, 00:00",78.5,,,,,,,,,,,,,,,',
)
FITBOD = lines(
    "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup,Note,multiplier",
    "2026-03-01 23:30:15 +0000,Back Squat, 5,60.0,0.0,0.0,0.0,0.0,true,felt good, 2.0",
    "2026-03-01 23:30:15 +0000,Back Squat, 5,80.0,0.0,0.0,0.0,0.0,false,, 1.0",
    "2026-03-04 10:00:00 +0000,Running, 0,0.0,1800.0,5000.0,0.0,0.0,false,, 0.0",
    answers={"tz": "Europe/Rome"},
)
FITNOTES = lines(
    "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment",
    "2026-04-29,Squat,Legs,60,kgs,10,,,,slow",
    "2026-04-29,Squat,Legs,135,lbs,8,,,,",
    "2026-04-30,Rowing,Cardio,,,,2.5,km,0:10:00,",
)
FITNOTES_TIMED = lines(
    "Name,StartTime,EndTime,BodyWeight,Exercise,Equipment,Reps,Weight,Time,Distance,Status,IsWarmup,RPE,RIR,Categories,Note",
    "Legs,2026-03-02 18:00:00,2026-03-02 19:00:00,60,Squat,Barbell,5,80,,,Done,No,8,2,Legs,",
    "Legs,2026-03-02 18:00:00,2026-03-02 19:00:00,60,Squat,Barbell,5,82.5,,,Done,No,,,Legs,hard",
    answers={"unit": "kg"},
)
FITNOTES_BODY = lines(
    "Date,Time,Measurement,Value,Unit",
    "2026-03-02,07:00:00,Bodyweight,60.5,kgs",
    "2026-03-03,07:00:00,Waist,70,cm",
)
JEFIT = lines(
    "", "### SETTING ####################", "",
    "row_id,USERID,TIMESTAMP,gender,currentRoutine,DOB,name,length,mass,dbversion",
    '9,7,"2026-05-05 16:48:30",F,4,1990-01-01,," cm"," lbs",', "",
    "######################################################", "",
    "### WORKOUT SESSIONS ####################", "",
    "rowid,_id,USERID,edit_time,day_id,total_time,workout_time,rest_time,wasted_time,total_exercise,total_weight,"
    "recordbreak,starttime,endtime,workout_mode,TIMESTAMP,calories",
    '1,5,7,0,50,3600,0,0,0,1,0,0,1772470800,1772474400,0,"2026-05-05 00:00:00",0', "",
    "######################################################", "",
    "### EXERCISE LOGS ####################", "",
    "USERID,TIMESTAMP,belongSys,logs,_id,record,mydate,eid,ename,day_item_id,belongsession,logTime,interval_logs,auto_generated",
    '7,"2026-05-05 00:00:00",1,"50.0x15,50.0x12",1,0,2026-03-02,12,"Barbell Squat",1,5,1772470800,,No',
    '7,"2026-05-05 00:00:00",1,"20.0x10",2,0,2026-03-02,13,"Curl",1,5,1772471800,,No', "",
    "######################################################",
)  # fmt: skip
LIFTOSAUR = lines(
    "Workout DateTime,Program,Day Name,Exercise,Is Warmup Set?,Required Reps,Completed Reps,Is AMRAP?,Required RPE,"
    "Completed RPE,Log RPE?,Required Weight Value,Required Weight Unit,Completed Weight Value,Completed Weight Unit,"
    "Ask Weight?,Completed Reps Time,Target Muscles,Synergist Muscles,Notes",
    '2026-03-01T23:30:00.123Z,Base (4 days),Day 1,"Squat",0,5,5,0,,8,0,100,kg,102.5,kg,0,2026-03-01T23:41:10.500Z,"Quadriceps,Glutes",,slow',  # noqa: E501
    '2026-03-01T23:30:00.123Z,Base (4 days),Day 1,"Squat",0,5,,0,,,0,100,kg,,,0,,"Quadriceps,Glutes",,',
)
GRAVL = lines(
    "Date,Start Date,Workout,Source,Workout Duration (min),Energy,Exercise,Superset,Set,Set Type,Reps,Weight (kg),"
    "Distance (km),Set Duration (sec),Incline,Steps,Effort,Workout Notes",
    "2026/06/05,16:09,Legs,,38,81,Squat,No,1,Warm-up,5,40,0,,,,Ideal,",
    "2026/06/05,16:09,Legs,,38,81,Squat,No,2,Normal,5,60,0,,,,Hard,felt strong",
)
GYMBOOK = lines(
    "Data,Programma,Orario,Esercizio,Zona,Gruppi muscolari (Primari),Gruppi muscolari (Secondari),"
    "Set / Set di riscaldamento / Set di defaticamento,Ripetizioni / Tempo,Peso / Distanza,Appunti,Saltato",
    '14/03/24,Gambe,18:05,Squat,Zona,"Quadricipiti, Glutei","",Set,8 ripetizioni,"82,50 kg",bene,No',
    '14/03/24,Gambe,18:11,Plank,Zona,"Addome","",Set,60 secondi,"0,00 kg",,No',
    '14/03/24,Gambe,18:15,Corsa,Zona,"","",Set,20 minuti,"3,50 km",,No',
)
GYMRUN = lines(
    "Date;Time;Routine;Exercise;Set;Weight;Reps;Duration;Distance;Para6;Para7;Para8;Para9;Para10;Note;Type;Book;Version1",
    "29.04.2025;12:00:00;Legs;Squat;1;100;5;;;;;;;;;1;1;1",
    "29.04.2025;12:05:00;Legs;Squat;2;102.5;5;;;;;;;;ok;1;1;1",
    "29.04.2025;7:30:00;Arms;Hang;1;;;0:45;;;;;;;;1;1;1",
    answers={"unit": "kg"},
)
STRONGLIFTS = lines(
    "Date (yyyy/mm/dd),Workout,Workout Name,Program Name,Body Weight (KG),Exercise,Sets×Reps,Sets×Time,"
    "Top Set (Reps×KG),e1RM (KG),Reps,Volume (KG),Workout Volume (KG),Duration (hours),Start Time (h:mm),"
    "End Time (h:mm),Notes,Set 1 (Reps),Set 1 (KG),Set 2 (Reps),Set 2 (KG),Set 3 (Reps),Set 3 (KG)",
    '2026/02/03,7,"Workout A","5×5",72.5,"Squat",3×5,,5×60,70,15,900,900,0.75,6:05 PM,6:50 PM,"",5,60,5,60,5,60',
    '2026/02/03,7,"Workout A","5×5",72.5,"Deadlift",1×4,,4×100,110,4,400,400,0.75,6:05 PM,6:50 PM,"",4,100.5,,,,',
)
STRONGLIFTS_WIDE = lines(
    "Date,Note,Body Weight (KG),Body Weight (LB),Exercise 1,Weight (KG),Weight (LB),Set 1,Set 2,Set 3,"
    "Exercise 2,Weight (KG),Weight (LB),Set 1,Set 2,Set 3",
    "14/3/2016,,72.5,160,Squat,60,132,5,5,5,Bench Press,40,88,5,4,3",
    "16/3/2016,ok,72.5,160,Squat,62.5,138,5,5,5,Deadlift,80,176,5,,",
)
WGER = document({"count": 2, "next": None, "previous": None, "results": [
    {
        "id": n, "date": f"2025-10-20T23:0{n}:00+02:00", "session": 7, "routine": 1, "iteration": 1, "slot_entry": 3,
        "next_log": None, "exercise": 73, "repetitions_unit": 1, "repetitions": "8.00", "repetitions_target": "8.00",
        "weight_unit": 1, "weight": "82.50", "weight_target": None, "rir": "1.5", "rir_target": None, "rest": 120,
        "rest_target": None,
    } for n in (1, 2)
]})  # fmt: skip
ELITE = lines(
    "Member,Type,Position,Breathing Pattern,Date Time Start,Date Time End,Duration,Tags,Notes,Value 1,Value 2,Value 3,"
    "HRV,Morning Readiness,Balance,HRV CV,HR,lnRmssd,Rmssd,Nn50,Pnn50,Sdnn,Low Frequency Power,High Frequency Power,"
    "LF/HF Ratio,Total Power",
    'a@b.c,Morning Readiness,Lying,Natural,"2026-03-02 06:41:12","2026-03-02 06:43:42",150,,"slept, well",,,,64,8,1,'
    "5.1,49.1,4.14,62.5,30,25.2,71.3,900,1100,0.8,2000",
    'a@b.c,Open Reading,Lying,Natural,"2026-03-02 18:00:00","2026-03-02 18:02:30",150,,,,,,60,,1,5.1,'
    "88,4.0,54.6,30,25.2,71.3,900,1100,0.8,2000",
)
HRV4 = lines(
    "date,timestamp_measurement,rMSSD,HR, sleep_quality, fatigue,HRV4T_Recovery_Points, alcohol,daily_message",
    "2018-04-27,2018-04-27 12:01:00 a. m. +0000,66.3,48.5,7,3.3,8.1,none,Go on",
    "2018-04-28,2018-04-28 06:01:00 a. m. +0000,64.3,49.5,6,3.1,8.0,none,",
)
OURA = lines(
    "date,Sleep Score,Total Sleep Duration,Bedtime Start,Bedtime End,Lowest Resting Heart Rate,Average HRV,"
    "Temperature Deviation (°C),Steps,Readiness Score",
    "2026-03-02,82,27900,2026-03-01T23:00:00.000+02:00,2026-03-02T07:30:00.000+02:00,45,88,-0.1,8123,79",
    "2026-03-03,80,26900,2026-03-02T23:00:00.000+02:00,2026-03-03T07:30:00.000+02:00,46,80,None,9123,75",
)
_CYCLE = "Cycle start time,Cycle end time,Cycle timezone,"
_NIGHT = (
    "Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),"
    "Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),"
    "Sleep debt (min),Sleep efficiency %"
)
WHOOP = lines(
    f"{_CYCLE}Recovery score %,Resting heart rate (bpm),Heart rate variability (ms),Skin temp (celsius),Blood oxygen %,"
    f"Day Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),{_NIGHT}",
    "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00,71,48,92,33.4,96.2,12.4,2650,171,64,"
    "2026-03-01 23:10:05,2026-03-02 06:40:15,88,14.2,412,450,210,92,110,38,480,20,91",
    "2026-03-02 22:50:00,,UTC-08:00,55,50,80,33.5,96.0,,,,,2026-03-02 22:50:00,2026-03-03 06:00:00,80,14.0,400,430,200,"
    "90,110,30,480,20,93",
)
WHOOP_WORKOUTS = lines(
    f"{_CYCLE}Workout start time,Workout end time,Duration (min),Activity name,Activity Strain,Energy burned (cal),"
    "Max HR (bpm),Average HR (bpm),HR Zone 1 %,HR Zone 2 %,HR Zone 3 %,HR Zone 4 %,HR Zone 5 %,GPS enabled",
    "2026-03-01 23:10:05,2026-03-02 22:50:00,UTC-08:00,2026-03-02 17:30:00,2026-03-02 18:14:53,44,Running,14.6,582,"
    "180,150,9,9,29,47,5,true",
)
QUESTIONS = lines(
    "Timestamp,Name,How do you feel? [Sleep],How do you feel? [Stress],How do you feel? [Fatigue],"
    "How do you feel? [Muscle soreness],Anything else?",
    "3/22/2026 7:41:12,Anna,2,3 - Normal,4,7 - very very bad,slept at home",
    "3/23/2026 7:41:12,Anna,1,3,6,5,",
    mapping=HOOPER,
)
INTERVALS = lines(
    "id,start_date_local,start_date,name,type,distance,moving_time,elapsed_time,icu_recording_time,total_elevation_gain,"
    "max_speed,average_heartrate,max_heartrate,average_cadence,icu_average_watts,icu_rpe,trainer,race,gear,description",
    "i1,2026-03-01T08:30:00,2026-03-01T06:30:00Z,Morning,Run,10000,3000,3100,3050,60,5.1,150,171,85,250,7,false,false,,ok",
    "i2,2026-03-02T18:30:00,2026-03-02T16:30:00Z,Gym,WeightTraining,0,3000,3100,3050,0,0,110,141,,,,false,false,,",
)
INTERVALS_WELLNESS = lines(
    "date,weight,restingHR,hrv,hrvSDNN,sleepSecs,sleepQuality,soreness,fatigue,ctl,atl,comments",
    "2026-03-01,60.5,48,88,90,27000,2,1,2,40,50,good",
)
GARMIN = lines(
    "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR,Max HR,Aerobic TE,Avg Run Cadence,Avg Pace,"
    "Total Ascent,Total Descent,Avg Stride Length,Avg Ground Contact Time,Avg Power,Steps,Body Battery Drain,"
    "Best Lap Time,Moving Time,Elapsed Time,Min Elevation",
    'Running,2025-02-06 17:06:03,false,"W Running","5.48","1,447","00:31:24","153","176","3.6","153","5:44","215",'
    '"200","1.15","281","343","4,808","-16","00:02:15.3","00:31:08","00:32:57","-4"',
    'Strength Training,2025-02-07 18:00:00,false,"Gym","0.00","310","00:52:10.2","110","150","1.2","--","--","--","--",'
    '"--","--","--","--","--","01:23.91","00:40:00","00:55:00","--"',
)
GARMIN_JSON = document([
    {
        "activityId": 1, "activityName": "Morning", "startTimeLocal": "2026-03-01 08:30:00",
        "startTimeGMT": "2026-03-01 06:30:00", "activityType": {"typeId": 1, "typeKey": "running"},
        "eventType": {"typeKey": "race"}, "distance": 10000.5, "duration": 3000.25, "elapsedDuration": 3100.0,
        "movingDuration": 2990.0, "elevationGain": 60.0, "averageHR": 150.0, "maxHR": 171.0,
        "averageRunningCadenceInStepsPerMinute": 171.5, "avgStrideLength": 117.0, "avgPower": 250.0, "maxSpeed": 5.2,
    },
    {
        "activityId": 2, "activityName": "Gym", "startTimeLocal": "2026-03-02 18:30:00",
        "startTimeGMT": "2026-03-02 16:30:00", "activityType": {"typeKey": "strength_training"}, "duration": 3000.0,
        "summarizedExerciseSets": [
            {"category": "SQUAT", "subCategory": "BARBELL_BACK_SQUAT", "reps": 5, "sets": 1, "volume": 300000.0,
             "maxWeight": 60000.0, "duration": 30000.0},
            {"category": "CURL", "reps": 30, "sets": 3, "volume": 300000.0, "maxWeight": 10000.0},
        ],
    },
])  # fmt: skip
GARMIN_ACCOUNT = document([{"summarizedActivitiesExport": [{
    "activityId": 1, "name": "Morning", "activityType": "running", "beginTimestamp": 1772346600000.0,
    "startTimeGmt": 1772346600000.0, "startTimeLocal": 1772353800000.0, "distance": 1000050.0, "duration": 3000250.0,
    "elapsedDuration": 3100000.0, "avgHr": 150.0, "maxHr": 171.0, "avgDoubleCadence": 171.5, "eventTypeId": 9,
}]}])  # fmt: skip
POLAR = document({
    "exportVersion": "1.6", "name": "Running", "startTime": "2026-03-01T08:30:00.000",
    "stopTime": "2026-03-01T09:00:00.000", "timeZoneOffset": 120, "distance": 5000.0, "duration": "PT1800S",
    "averageHeartRate": 150, "maximumHeartRate": 171, "kiloCalories": 300,
    "physicalInformationSnapshot": {"sex": "FEMALE", "weight, kg": 60},
    "exercises": [{
        "startTime": "2026-03-01T08:30:00.000", "stopTime": "2026-03-01T09:00:00.000", "timezoneOffset": 120,
        "duration": "PT1800S", "distance": 5000.0, "sport": "RUNNING", "ascent": 40.0, "descent": 35.0,
        "heartRate": {"avg": 150, "max": 171}, "speed": {"avg": 10.0, "max": 14.5}, "cadence": {"avg": 85, "max": 90},
        "autoLaps": [
            {"lapNumber": 0, "duration": "PT360S", "distance": 1000.0, "heartRate": {"avg": 145, "max": 160}},
            {"lapNumber": 1, "duration": "PT355S", "distance": 1000.0, "cadence": {"avg": 86, "max": 90}},
        ],
        "samples": {
            "heartRate": [{"dateTime": f"2026-03-01T08:30:0{s}.000", "value": 120 + s} for s in range(5)],
            "speed": [{"dateTime": f"2026-03-01T08:30:0{s}.000", "value": 10.0} for s in range(5)],
            "recordedRoute": [
                {"dateTime": "2026-03-01T08:30:01.000", "longitude": 9.1, "latitude": 45.5, "altitude": 120},
            ],
        },
    }],
})  # fmt: skip
STRAVA = lines(
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Max Heart Rate,Average Heart Rate,"
    "Average Cadence,Average Watts,Perceived Exertion,Type,Commute,Competition,Media",
    '7,"Oct 10, 2016, 10:55:48 PM",Morning Run,Run,easy,1770,6.64,171,20,false,felt ok,Shoe A,activities/70.gpx,'
    "68.0,,1770.0,1765.0,6639.4,6.1,3.7,58.6,-12.5,172.0,150.0,83.5,0.0,7.0,,0.0,1.0,",
    '8,"Oct 11, 2016, 6:00:00 AM",Gym,Weight Training,"squats, 5x5",3600,0,,,false,,,,,,3600.0,,,,,,,,,,,,,,,',
)
APPLE = Sample(b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record)*)>
<!ATTLIST Record
 broken>
]>
<HealthData locale="en_GB">
<ExportDate value="2026-01-10 09:00:00 +0100"/>
<Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Scale" unit="kg" startDate="2026-01-05 06:30:00 +0100"
  endDate="2026-01-05 06:30:00 +0100" value="60.5"/>
<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" startDate="2026-01-05 23:00:00 +0100"
  endDate="2026-01-06 06:30:00 +0100" value="HKCategoryValueSleepAnalysisAsleepCore"/>
<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="35.4" durationUnit="min" sourceName="Watch"
  startDate="2026-01-05 07:20:00 +0100" endDate="2026-01-05 07:56:24 +0100">
 <MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>
 <MetadataEntry key="HKElevationAscended" value="2345 cm"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="6.2" unit="km"/>
 <WorkoutStatistics type="HKQuantityTypeIdentifierHeartRate" average="148.2" maximum="171" unit="count/min"/>
 <WorkoutRoute><FileReference path="/workout-routes/route_1.gpx"/></WorkoutRoute>
</Workout>
</HealthData>
""")
GPX = Sample((
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Garmin Connect" '
    'xmlns="http://www.topografix.com/GPX/1/1" xmlns:p="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
    "<metadata><time>2020-01-01T00:00:00Z</time></metadata><trk><name>Morning</name><type>running</type>"
    + "".join(
        "<trkseg>" + "".join(
            f'<trkpt lat="{45 + 0.001 * (n + 3 * part)}" lon="9.0"><ele>100</ele><time>2026-03-01T06:3{n + 3 * part}:'
            "00Z</time><extensions><p:TrackPointExtension><p:hr>150</p:hr><p:cad>85</p:cad></p:TrackPointExtension>"
            "</extensions></trkpt>"
            for n in range(3)
        ) + "</trkseg>"
        for part in range(2)
    )
    + "</trk></gpx>"
).encode())  # fmt: skip
TCX = Sample((
    '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase '
    'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
    'xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities><Activity Sport="Running">'
    "<Id>2026-03-01T06:30:00.000Z</Id>"
    + "".join(
        f'<Lap StartTime="2026-03-01T06:3{n}:00.000Z"><TotalTimeSeconds>60</TotalTimeSeconds>'
        "<DistanceMeters>200</DistanceMeters><MaximumSpeed>4.5</MaximumSpeed><Calories>9</Calories>"
        "<AverageHeartRateBpm><Value>140</Value></AverageHeartRateBpm><Intensity>Active</Intensity><Track>"
        f"<Trackpoint><Time>2026-03-01T06:3{n}:00Z</Time><Position><LatitudeDegrees>45.5</LatitudeDegrees>"
        "<LongitudeDegrees>9.25</LongitudeDegrees></Position><AltitudeMeters>120.5</AltitudeMeters>"
        f"<DistanceMeters>{200 * n}</DistanceMeters><HeartRateBpm><Value>140</Value></HeartRateBpm><Extensions><x:TPX>"
        "<x:Speed>3.25</x:Speed><x:RunCadence>86</x:RunCadence></x:TPX></Extensions></Trackpoint>"
        f"<Trackpoint><Time>2026-03-01T06:3{n}:59Z</Time><HeartRateBpm><Value>150</Value></HeartRateBpm></Trackpoint>"
        "</Track><Extensions><x:LX><x:AvgRunCadence>85</x:AvgRunCadence></x:LX></Extensions></Lap>"
        for n in range(2)
    )
    + "</Activity></Activities></TrainingCenterDatabase>"
).encode())  # fmt: skip
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def _row_of_cells(*values: str) -> str:
    kinds = ["Number" if value.replace(".", "", 1).isdigit() else "String" for value in values]
    cells = zip(range(1, len(values) + 1), kinds, values, strict=True)
    return "<Row>" + "".join(f'<Cell ss:Index="{n}"><Data ss:Type="{k}">{v}</Data></Cell>' for n, k, v in cells if v) + "</Row>"  # fmt: skip  # noqa: E501


OPTOJUMP = Sample((
    '<?xml version="1.0" encoding="utf-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    f'<Workbook xmlns:ss="{_SPACE}" xmlns="{_SPACE}"><Worksheet ss:Name="Données OJ"><Table>'
    + _row_of_cells("Nom", "Prenom", "Première dernière", "Test", "Date", "Heure", "#", "G/D", "Temps de vol", "Temps de contact", "Elevation", "RSI", "Notes")  # noqa: E501
    + _row_of_cells("Lovelace", "Ada", "Ada L", "CMJ libre V1", "11/03/2024", "10:35:20", "Accueil", "DÉPART", "0.159")
    + _row_of_cells("Lovelace", "Ada", "Ada L", "CMJ libre V1", "11/03/2024", "10:35:20", "1", "", "0.5", "", "30.7")
    + _row_of_cells("Lovelace", "Ada", "Ada L", "CMJ libre V1", "11/03/2024", "10:35:20", "2", "", "0.52", "", "33.1")
    + '</Table></Worksheet><Worksheet ss:Name="Résumé"><Table /></Worksheet></Workbook>'
).encode())  # fmt: skip
MYJUMP = lines(
    'Date,Team,Name,Body weight(kg),"Push-off distance (hp0, in m)",RSI 10-5,CMJ (cm),Jump 1 (cm),Jump 2 (cm),'
    "Contact time 1 (ms),Contact time 2 (ms)",
    "2025-03-14,T,Ada L,60,0.35,1.9,31.2,28.0,27.5,180,190",
    "2025-03-21,T,Ada L,60,0.35,,32.0,,,,",
)
FORCEDECKS = lines(
    '"Name","ExternalId","Test Type","Date","Time","BW [KG]","Reps","Tags","Additional Load [lb]",'
    '"Jump Height (Flight Time) in Inches [in] ","Jump Height (Imp-Mom) [cm] "',
    '"Ada L","7","CMJ","05/13/2023","7:23 AM","60.5","1","","0","12.0","30.1"',
    '"Ada L","7","CMJ","05/13/2023","7:24 AM","60.5","1","","0","12.2","30.5"',
)
FREELAP = lines(
    "Date;Time;Exercise;Team;N° of athletes",
    "12/30/2025;16:18;Sprint;;1",
    "",
    "N;ID;REACTION TIME;TIME;GAP;TOTAL;DIST. (m);SPEED (m/s);FQ (s/s);L1 - 20.0;TOTAL 1;SPD 1;FQ (s/s);"
    "L2 - 20.0;TOTAL 2;SPD 2;FQ (s/s)",
    "1;ADA;0.194s;05.63 (2);+00.02;12.97;40;7.10;4.35;03.39;03.39;5.90;4.22;02.24;05.63;8.93;4.50",
    "2;ADA;0.190s;05.61 (1);;12.97;40;7.10;4.35;03.38;03.38;5.90;4.22;02.23;05.61;8.93;4.50",
)
FREELAP_TABLE = lines(
    "Date;Time;Athlete;Exercise;Distance (m);Run;Total time (s);10m (s);30m (s);Average speed (km/h)",
    "30.12.2025;16:18;Ada;Sprint;30;1;4.90;1.95;4.90;22.0",
)
OPENBARBELL = lines(
    "Exercise,Set,Rep,Weight,Metric,Set RPE,Tags,Workout Start Time,Rest Time,Avg Velocity (m/s),"
    "Range of Motion (mm),Peak Velocity (m/s),Peak Velocity Location (%),Duration of rep (sec)",
    '"Squat",1,1,"100","kgs","8","warm up","2/17/2018, 6:42:43 PM","00:00:00",0.62,701,1.13,74,1.12',
    '"Squat",1,2,"100","kgs","8","warm up","2/17/2018, 6:42:43 PM","00:00:00",0.60,700,Infinity,74,1.13',
    '"Squat",2,1,"110","kgs","9","","2/17/2018, 6:42:43 PM","00:03:05",0.50,700,1.01,74,1.2',
)
HAWKIN = document({"count": 2, "lastSyncTime": 1, "data": [
    {
        "id": f"t{n}",
        "testType": {"id": "x", "name": "Countermovement Jump", "tags": [{"id": "g", "name": "morning"}]},
        "athlete": {"id": "a", "name": "A One"}, "timestamp": 1767652200 + 30 * n,
        "segment": f"Countermovement Jump:{n}", "active": True, "Jump Height(m)": 0.31, "mRSI": 0.41,
        "System Weight(N)": 640.2, "Left Avg. Braking RFD(N/s)": 2100, "L|R Braking Impulse Index(%)": -3.5,
    } for n in (1, 2)
]})  # fmt: skip
GYMAWARE = Sample("".join(
    json.dumps({
        "reference": n, "recorded": 1767630090.5 + 180 * n, "modified": 1767639999.5, "athleteReference": 12,
        "athleteName": "A One", "exerciseName": "Squat", "exerciseReference": 77, "activityName": "Lower Body Push",
        "deleted": False, "barWeight": 80.0, "athleteWeight": 62.5,
        "reps": [{"REPNUM": k, "Conc Mean Velocity": 0.6, "Conc Peak Power": 900} for k in (1, 2)],
    }) + "\n" for n in (1, 2)
).encode())  # fmt: skip
VITRUVE = document({"data": [{"id": "w1", "userId": "u1", "exercises": [{"id": "e1", "name": "Back Squat", "series": [
    {"id": f"s{n}", "completedAt": f"2026-01-05T17:0{n}:00.000Z", "repetitions": [
        {"id": "r", "type": kind, "metricValues": [
            {"metric": "Mean Velocity", "value": 0.95, "unit": "m/s"}, {"metric": "Weight", "value": 80, "unit": "kg"},
            {"metric": "Jump Height", "value": 30, "unit": "cm"},
        ]} for kind in ("eccentric", "concentric")
    ]} for n in (1, 2)
]}]}]})  # fmt: skip
MAPPED = lines(
    "Date,Exercise,Reps,Load",
    "2026-03-02,Squat,5,60",
    "2026-03-02,Squat,5,62.5",
    "2026-03-05,Deadlift,3,100",
    mapping=LONG_SHEET,
)


def own() -> Sample:
    """A table of the logbook as `stridelift export` writes it."""
    columns = FACTS["wellness"][0].column_names()
    told = {
        "wellness_id": "anna|x|2026-03-02|hrv|1", "athlete": "anna", "date": "2026-03-02", "item": "hrv_rmssd_ms",
        "value": "62.5", "value_raw": "62.5", "direction": "higher_better", "instrument": "x",
        "source": "wellness_sheet", "source_row": "2",
    }  # fmt: skip
    rows = [{**told, "wellness_id": f"{told['wellness_id']}{n}", "source_row": str(n)} for n in (2, 3)]
    return lines(",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows))


def parquet() -> bytes:
    """The same table as Parquet."""
    out = io.BytesIO()
    judge("wellness", pl.read_csv(own().data, infer_schema=False))[0].write_parquet(out)
    return out.getvalue()


def strength() -> bytes:
    """A FIT file of a workout with two sets and the rest between them."""
    made = FitFile().add(0, file_id(created="2026-01-06 16:48:00"))
    for at, kind in (("16:49:00", 1), ("16:49:40", 0), ("16:51:00", 1)):
        made.add(225, {
            254: (UINT32, seconds("2026-01-06 16:48:00")), 6: (UINT32, seconds(f"2026-01-06 {at}")),
            0: (UINT32, 40_000), 5: (UINT8, kind), 3: (UINT16, 5), 4: (UINT16, 960), 7: (UINT16, 28), 8: (UINT16, 6),
        })  # fmt: skip
    return made.add(18, session("2026-01-06 16:48:00", 600, sport=10, sub_sport=20)).bytes()


def plan() -> bytes:
    """A FIT file of a planned workout with one step."""
    made = FitFile().add(0, file_id(kind=5)).add(26, {4: (ENUM, 10), 6: (UINT16, 1), 8: (TEXT, "Legs")})
    made.add(27, {254: (UINT16, 0), 0: (TEXT, "Squat"), 1: (ENUM, 29), 2: (UINT32, 5), 7: (ENUM, 0), 10: (UINT16, 28)})
    return made.bytes()


SAMPLES: Final[dict[str, Sample]] = {
    "alias_sheet": sheet("aliases"),
    "apple_health": APPLE,
    "blocks_sheet": sheet("blocks"),
    "calendar_sheet": sheet("calendar"),
    "complaints_sheet": sheet("complaints"),
    "elite_hrv": ELITE,
    "fit": Sample(run(records=120).bytes()),
    "fitbod": FITBOD,
    "fitnotes": FITNOTES,
    "forcedecks": FORCEDECKS,
    "freelap": FREELAP,
    "garmin_csv": GARMIN,
    "garmin_json": GARMIN_JSON,
    "gpx": GPX,
    "gravl": GRAVL,
    "gymaware": GYMAWARE,
    "gymbook": GYMBOOK,
    "gymrun": GYMRUN,
    "hawkin": HAWKIN,
    "hevy": HEVY,
    "hevy_body": HEVY_BODY,
    "hrv4training": HRV4,
    "intervals_icu": INTERVALS,
    "jefit": JEFIT,
    "liftosaur": LIFTOSAUR,
    "mapped_sheet": MAPPED,
    "myjump": MYJUMP,
    "openbarbell": OPENBARBELL,
    "optojump": OPTOJUMP,
    "oura": OURA,
    "own_export": own(),
    "plan_sheet": sheet("plan"),
    "polar": POLAR,
    "questionnaire": QUESTIONS,
    "retest_sheet": sheet("retest"),
    "strava": STRAVA,
    "strong": STRONG,
    "stronglifts": STRONGLIFTS,
    "tcx": TCX,
    "vitruve": VITRUVE,
    "wellness_sheet": sheet("wellness"),
    "wger": WGER,
    "whoop": WHOOP,
}
VARIANTS: Final[dict[str, tuple[str, Sample]]] = {
    "fit, strength": ("fit", Sample(strength())),
    "fit, workout": ("fit", Sample(plan())),
    "fitnotes, timed": ("fitnotes", FITNOTES_TIMED),
    "fitnotes, body": ("fitnotes", FITNOTES_BODY),
    "freelap, table": ("freelap", FREELAP_TABLE),
    "garmin_json, account": ("garmin_json", GARMIN_ACCOUNT),
    "intervals_icu, wellness": ("intervals_icu", INTERVALS_WELLNESS),
    "strava, archive": (
        "strava",
        Sample(zipped(**{"export/activities.csv": STRAVA.data, "export/activities/70.gpx": GPX.data})),
    ),
    "own_export, parquet": ("own_export", Sample(parquet())),
    "stronglifts, wide": ("stronglifts", STRONGLIFTS_WIDE),
    "whoop, workouts": ("whoop", WHOOP_WORKOUTS),
    "whoop, archive": (
        "whoop",
        Sample(zipped(**{"physiological_cycles.csv": WHOOP.data, "workouts.csv": WHOOP_WORKOUTS.data})),
    ),
}
EVERY: Final[dict[str, tuple[str, Sample]]] = {name: (name, sample) for name, sample in SAMPLES.items()} | VARIANTS
