typedef int mz_rules_unwritten;
