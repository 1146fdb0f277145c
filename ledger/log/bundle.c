typedef int mz_bundle_unwritten;
