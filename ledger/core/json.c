typedef int mz_json_unwritten;
