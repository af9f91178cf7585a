# SPDX-License-Identifier: MIT
# A folder of the house is one static library: isthmus_layer(xmpp base).
# Every .c file below it belongs to it; the arrows to other layers are
# named here and checked by tests/structure.
function(isthmus_layer name)
	file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
	list(FILTER sources EXCLUDE REGEX "/main\\.c$")
	add_library(${name} STATIC ${sources})
	foreach(below IN LISTS ARGN)
		target_link_libraries(${name} PUBLIC ${below})
	endforeach()
endfunction()
