# Every flag of the project, on one interface target that our own targets link PRIVATE: nobody who
# installs the library inherits a warning from us.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)

option(MZ_SANITIZE_ADDRESS "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(MZ_SANITIZE_THREAD "Build with ThreadSanitizer" OFF)
option(MZ_COVERAGE "Build for gcov" OFF)
option(MZ_FUZZ "Build the libFuzzer targets (clang)" OFF)

add_library(mz_options INTERFACE)
target_compile_definitions(mz_options INTERFACE _GNU_SOURCE)
target_compile_options(mz_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
  -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wnull-dereference -Wswitch-enum -Wmissing-prototypes
  -Wstrict-prototypes -Wdouble-promotion
  -fvisibility=hidden -fno-common -fstack-protector-strong
  $<$<C_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init>
  $<$<C_COMPILER_ID:Clang>:-Wcomma -Wassign-enum>)

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(mz_options INTERFACE -fcf-protection=full)
endif()
if(NOT MZ_FUZZ)
  target_compile_options(mz_options INTERFACE -fstack-clash-protection)
endif()
target_link_options(mz_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Asserts stay in every build: they state what our own code guarantees.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g -UNDEBUG")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g -UNDEBUG")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(mz_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
                         -ftrivial-auto-var-init=pattern)
endif()

if(MZ_SANITIZE_ADDRESS)
  target_compile_options(mz_options INTERFACE -O1 -fsanitize=address,undefined
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mz_options INTERFACE -fsanitize=address,undefined)
endif()
if(MZ_SANITIZE_THREAD)
  target_compile_options(mz_options INTERFACE -O1 -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(mz_options INTERFACE -fsanitize=thread)
endif()
if(MZ_COVERAGE)
  target_compile_options(mz_options INTERFACE --coverage -O0)
  target_link_options(mz_options INTERFACE --coverage)
endif()
if(MZ_FUZZ)
  target_compile_options(mz_options INTERFACE -O1 -fsanitize=fuzzer-no-link,address,undefined
                         -fno-sanitize-recover=all)
  target_link_options(mz_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
endif()
