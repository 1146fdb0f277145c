typedef int mz_uuid_unwritten;
