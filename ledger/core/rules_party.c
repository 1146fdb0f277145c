typedef int mz_rules_party_unwritten;
