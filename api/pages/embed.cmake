# cmake -DFROM=style.css -DTO=style.c -P embed.cmake: the style sheet as a C file, with the first
# digits of its hash, so that its address changes with it and it can be kept for good.
file(READ ${FROM} bytes HEX)
file(SHA256 ${FROM} hash)
string(SUBSTRING ${hash} 0 16 version)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")

file(WRITE ${TO}.new "/* Made of style.css by embed.cmake. */
#include \"pages/pages.h\"

static const uint8_t RULES[] = {
    ${bytes}};

mz_view mz_page_style(void)
{
    return (mz_view){RULES, sizeof RULES};
}

const char *mz_page_style_version(void)
{
    return \"${version}\";
}
")
file(RENAME ${TO}.new ${TO})
