# `cmake --build <dir> --target lint`: the formatter and the checker, on our own files only.
find_program(CLANG_FORMAT clang-format)
find_program(CLANG_TIDY clang-tidy)
file(GLOB_RECURSE MZ_LINT_FILES CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/ledger/*.[ch] ${PROJECT_SOURCE_DIR}/tools/*.[ch]
     ${PROJECT_SOURCE_DIR}/audit/*.[ch] ${PROJECT_SOURCE_DIR}/tests/*.[ch])
set(MZ_LINT_SOURCES ${MZ_LINT_FILES})
list(FILTER MZ_LINT_SOURCES INCLUDE REGEX "\\.c$")
list(FILTER MZ_LINT_SOURCES EXCLUDE REGEX "/tests/fuzz/")
add_custom_target(lint
  COMMAND ${CLANG_FORMAT} --dry-run --Werror ${MZ_LINT_FILES}
  COMMAND ${CLANG_TIDY} --quiet -p ${CMAKE_BINARY_DIR} ${MZ_LINT_SOURCES}
  VERBATIM)
