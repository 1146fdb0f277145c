#include "commands.h"

mz_exit mz_run_seed(mz_cli *cli, int argc, char **argv)
{
    (void)argc;
    return mz_cli_usage(cli, argv[0], "尚未完成。", "Not written yet.");
}
