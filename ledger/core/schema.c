typedef int mz_schema_unwritten;
