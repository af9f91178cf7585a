# SPDX-License-Identifier: MIT
# What is installed beside the program. The documents keep their folders, so
# that the links in README.md lead somewhere.
set(isthmus_doc share/doc/isthmus)
install(FILES doc/isthmus.8 DESTINATION share/man/man8)
install(FILES doc/isthmus.conf.5 DESTINATION share/man/man5)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md LICENSE
	DESTINATION ${isthmus_doc})
install(FILES doc/PROTOCOL.md doc/QUIRKS.md doc/LICENSING.md
	DESTINATION ${isthmus_doc}/doc)
install(FILES config/isthmus.conf.example config/prosody.cfg.lua
	config/ejabberd.yml config/jabberd2-router.xml
	DESTINATION ${isthmus_doc}/config)
install(FILES doc/USERS.md DESTINATION ${isthmus_doc}/doc)

# The unit names the program where it is put: known when it is installed.
install(CODE "
	file(READ \"${CMAKE_SOURCE_DIR}/config/isthmus.service\" unit)
	string(REPLACE /usr/sbin/ \"\${CMAKE_INSTALL_PREFIX}/sbin/\" unit \"\${unit}\")
	file(WRITE \"${CMAKE_BINARY_DIR}/isthmus.service\" \"\${unit}\")
	file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\"
		TYPE FILE FILES \"${CMAKE_BINARY_DIR}/isthmus.service\")")
