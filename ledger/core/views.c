typedef int mz_views_unwritten;
