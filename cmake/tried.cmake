# Says when a version is none of those that paraph was tried with. The list is cmake/tried_versions.

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/tried_versions PARAPH_TRIED REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/tried_versions)

# paraph_tried(NAME VERSION): warns when VERSION is older or newer than the list has for NAME.
function(paraph_tried name version)
  foreach(line ${PARAPH_TRIED})
    if(line MATCHES "^${name} +([0-9.]+) +([0-9.]+) ")
      set(oldest ${CMAKE_MATCH_1})
      set(newest ${CMAKE_MATCH_2})
    endif()
  endforeach()
  if(NOT oldest)
    message(WARNING "${name} ${version} was never tried with paraph")
    return()
  endif()
  # Only as many numbers count as the list has: 3.5.9 is a 3.5.
  string(REGEX REPLACE "[0-9]+" "[0-9]+" shape ${newest})
  string(REGEX MATCH "^${shape}" counted "${version}")
  if(counted VERSION_LESS oldest OR counted VERSION_GREATER newest)
    message(WARNING "${name} ${version} is none of the versions that paraph was tried with (${oldest} to ${newest})")
  else()
    message(STATUS "${name} ${version}, tried with ${oldest} to ${newest}")
  endif()
endfunction()
