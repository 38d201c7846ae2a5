# Installs the systemd units with the programs where this installation has them, and paraphd@.service, which is made of
# paraphd.service: a daemon of its own for each /etc/paraph/NAME.yaml.

set(units lib/systemd/system)
set(made "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${units}")

function(write_unit name text)
  message(STATUS "Installing: ${made}/${name}")
  file(WRITE "${made}/${name}" "${text}")
endfunction()

# In place of `from`, which has to be there: otherwise the unit has changed, and this has to change as well.
function(replace_in variable from to)
  string(FIND "${${variable}}" "${from}" place)
  if(place EQUAL -1)
    message(FATAL_ERROR "no '${from}' in the unit")
  endif()
  string(REPLACE "${from}" "${to}" changed "${${variable}}")
  set(${variable} "${changed}" PARENT_SCOPE)
endfunction()

# As they are in the source, the programs are below /usr/local.
file(GLOB sources "${CMAKE_CURRENT_LIST_DIR}/../systemd/*.service" "${CMAKE_CURRENT_LIST_DIR}/../systemd/*.timer")
foreach(source IN LISTS sources)
  cmake_path(GET source FILENAME name)
  file(READ "${source}" text)
  string(REPLACE "/usr/local/sbin/" "${CMAKE_INSTALL_PREFIX}/${sbindir}/" text "${text}")
  string(REPLACE "/usr/local/bin/" "${CMAKE_INSTALL_PREFIX}/${bindir}/" text "${text}")
  write_unit(${name} "${text}")
  if(name STREQUAL "paraphd.service")
    set(instance "${text}")
  endif()
endforeach()

replace_in(instance "Description=Mail authentication milter" "Description=Mail authentication milter %i")
replace_in(instance "/paraphd\n" "/paraphd --config /etc/paraph/%i.yaml\n")
replace_in(instance "check-config --reload --quiet\n" "check-config --reload --quiet /etc/paraph/%i.yaml\n")
replace_in(instance "RuntimeDirectory=paraph\n" "RuntimeDirectory=paraph-%i\n")
write_unit(paraphd@.service "${instance}")
