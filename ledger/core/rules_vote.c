typedef int mz_rules_vote_unwritten;
