# SPDX-License-Identifier: MIT
# Compiler and linker flags of every target, by kind of build.
add_compile_options(-Wall -Wextra -Wshadow -Wstrict-prototypes -Wpointer-arith
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wformat=2 -Wundef)
add_compile_definitions(_GNU_SOURCE ISTHMUS_VERSION="${PROJECT_VERSION}")
include_directories(${CMAKE_SOURCE_DIR})

if(ISTHMUS_SANITIZE)
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
endif()

if(ISTHMUS_HARDEN)
	add_compile_options(-fstack-protector-strong -fstack-clash-protection
		-D_FORTIFY_SOURCE=2 -fPIE)
	add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(ISTHMUS_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()

if(ISTHMUS_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()
