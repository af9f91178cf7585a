# SPDX-License-Identifier: MIT
# A private copy of libircclient.a whose socket calls are renamed to functions
# of irc/engine_seam.c (LIBIRCCLIENT 1). The copy keeps everything else, so any
# libircclient.a can be given with -DLIBIRCCLIENT_ARCHIVE=.
find_library(LIBIRCCLIENT_FOUND NAMES libircclient.a)
find_path(LIBIRCCLIENT_INCLUDE NAMES libircclient.h PATH_SUFFIXES libircclient)
if(LIBIRCCLIENT_ARCHIVE)
	set(libircclient_original ${LIBIRCCLIENT_ARCHIVE})
else()
	set(libircclient_original ${LIBIRCCLIENT_FOUND})
endif()
if(NOT libircclient_original OR NOT LIBIRCCLIENT_INCLUDE)
	message(FATAL_ERROR "libircclient.a or its header is missing: install libircclient-dev")
endif()

set(libircclient_renamed
	socket fcntl connect getsockname getpeername recv send close accept bind
	listen setsockopt select getaddrinfo freeaddrinfo gethostbyname fopen
	gethostname time localtime free)
set(libircclient_options)
foreach(symbol IN LISTS libircclient_renamed)
	list(APPEND libircclient_options --redefine-sym ${symbol}=gw_lic_${symbol})
endforeach()

set(libircclient_copy ${CMAKE_BINARY_DIR}/libircclient_private.a)
add_custom_command(OUTPUT ${libircclient_copy}
	COMMAND ${CMAKE_OBJCOPY} ${libircclient_options}
		${libircclient_original} ${libircclient_copy}
	DEPENDS ${libircclient_original}
	COMMENT "Renaming the socket calls of libircclient"
	VERBATIM)
add_custom_target(libircclient_private_copy DEPENDS ${libircclient_copy})
add_library(libircclient_private STATIC IMPORTED GLOBAL)
set_target_properties(libircclient_private PROPERTIES
	IMPORTED_LOCATION ${libircclient_copy}
	INTERFACE_INCLUDE_DIRECTORIES ${LIBIRCCLIENT_INCLUDE})
add_dependencies(libircclient_private libircclient_private_copy)
