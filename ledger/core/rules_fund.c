typedef int mz_rules_fund_unwritten;
