typedef int mz_state_unwritten;
