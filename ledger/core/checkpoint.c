typedef int mz_checkpoint_unwritten;
