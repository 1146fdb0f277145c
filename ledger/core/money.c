typedef int mz_money_unwritten;
