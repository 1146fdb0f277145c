typedef int mz_policy_unwritten;
