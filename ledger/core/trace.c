typedef int mz_trace_unwritten;
