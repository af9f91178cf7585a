# SPDX-License-Identifier: MIT
# What is installed beside the program. The documents keep their folders, and
# what they link is with them (tests/structure/test_install looks).
set(isthmus_doc share/doc/isthmus)
install(FILES doc/isthmus.8 DESTINATION share/man/man8)
install(FILES doc/isthmus.conf.5 DESTINATION share/man/man5)
install(FILES README.md ARCHITECTURE.md HACKING.md CHANGELOG.md LICENSE
	DESTINATION ${isthmus_doc})
file(GLOB documents CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/doc/*)
install(FILES ${documents} DESTINATION ${isthmus_doc}/doc)
foreach(part IN ITEMS scenarios servers)
	install(FILES tests/${part}/README.md
		DESTINATION ${isthmus_doc}/tests/${part})
endforeach()
install(FILES config/isthmus.conf.example config/prosody.cfg.lua
	config/ejabberd.yml config/jabberd2-router.xml
	DESTINATION ${isthmus_doc}/config)
install(FILES doc/USERS.md DESTINATION ${isthmus_doc}/doc)

# The unit names the program where it is put: known when it is installed.
install(CODE "
	file(READ \"${CMAKE_SOURCE_DIR}/config/isthmus.service\" unit)
	string(REPLACE /usr/sbin/ \"\${CMAKE_INSTALL_PREFIX}/sbin/\" unit \"\${unit}\")
	file(WRITE \"${CMAKE_BINARY_DIR}/isthmus.service\" \"\${unit}\")
	foreach(folder lib/systemd/system ${isthmus_doc}/config)
		file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/\${folder}\"
			TYPE FILE FILES \"${CMAKE_BINARY_DIR}/isthmus.service\")
	endforeach()")
