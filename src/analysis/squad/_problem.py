"""What a squad cannot do, said for whoever asked."""

from analysis.block import BlockProblem


class SquadProblem(BlockProblem):
    """A squad, table or group that does not exist or is not shown; the text says why."""
