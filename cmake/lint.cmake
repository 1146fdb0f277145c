# `cmake --build <dir> --target lint`: the formatter and the checker, on our own files only. Each file
# has a stamp, so that files are looked at in parallel and only when they, or a header, changed.
find_program(CLANG_FORMAT clang-format)
find_program(CLANG_TIDY clang-tidy)
if(NOT CLANG_FORMAT OR NOT CLANG_TIDY)
  add_custom_target(lint COMMAND ${CMAKE_COMMAND} -E echo "lint needs clang-format and clang-tidy"
                    COMMAND ${CMAKE_COMMAND} -E false)
  return()
endif()
file(GLOB_RECURSE MZ_LINT_FILES CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
     ledger/*.[ch] tools/*.[ch] audit/*.[ch] api/*.[ch] tests/*.[ch])
set(MZ_LINT_HEADERS ${MZ_LINT_FILES})
list(FILTER MZ_LINT_HEADERS INCLUDE REGEX "\\.h$")
list(TRANSFORM MZ_LINT_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/)
foreach(file ${MZ_LINT_FILES})
  set(stamp ${CMAKE_BINARY_DIR}/lint/${file}.stamp)
  cmake_path(GET stamp PARENT_PATH stamp_dir)
  file(MAKE_DIRECTORY ${stamp_dir})
  set(tidy "")
  set(depends ${PROJECT_SOURCE_DIR}/${file} ${PROJECT_SOURCE_DIR}/.clang-format)
  if(BUILD_TESTING OR NOT file MATCHES "^tests/")
    if(file MATCHES "\\.c$")
      set(tidy COMMAND ${CLANG_TIDY} --quiet -p ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR}/${file})
      list(APPEND depends ${PROJECT_SOURCE_DIR}/.clang-tidy ${MZ_LINT_HEADERS})
    endif()
  endif()
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${CLANG_FORMAT} --dry-run --Werror ${PROJECT_SOURCE_DIR}/${file}
    ${tidy}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${depends} COMMENT "Checking ${file}" VERBATIM)
  list(APPEND MZ_LINT_STAMPS ${stamp})
endforeach()
add_custom_target(lint DEPENDS ${MZ_LINT_STAMPS})
