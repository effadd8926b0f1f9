"""The conflict check: people who must not meet are told apart by keyed hashes, without a list of families."""
