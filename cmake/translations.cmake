# SPDX-License-Identifier: MIT
# config/po/LANGUAGE.po becomes locale/LANGUAGE/LC_MESSAGES/isthmus.mo, in the
# build and where it is installed; the program reads the latter (gateway/text.h).
find_program(MSGFMT msgfmt)
if(NOT MSGFMT)
	message(FATAL_ERROR "msgfmt is missing: install gettext")
endif()
set(ISTHMUS_LOCALE_DIR ${CMAKE_INSTALL_PREFIX}/share/locale CACHE PATH
	"where the program looks for translations, unless it is configured")

file(GLOB translations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/config/po/*.po)
foreach(po IN LISTS translations)
	get_filename_component(language ${po} NAME_WE)
	set(folder ${language}/LC_MESSAGES)
	set(mo ${CMAKE_BINARY_DIR}/locale/${folder}/isthmus.mo)
	add_custom_command(OUTPUT ${mo}
		COMMAND ${CMAKE_COMMAND} -E make_directory
			${CMAKE_BINARY_DIR}/locale/${folder}
		COMMAND ${MSGFMT} --check -o ${mo} ${po}
		DEPENDS ${po}
		COMMENT "Translations: ${language}"
		VERBATIM)
	list(APPEND catalogs ${mo})
	install(FILES ${mo} DESTINATION share/locale/${folder})
endforeach()
add_custom_target(translations ALL DEPENDS ${catalogs})
