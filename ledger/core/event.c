typedef int mz_event_unwritten;
