// opendkim.conf as settings.
#pragma once

#include "config/import/job.h"

namespace config::import {

void import_opendkim(const Options& options, Work& work);

// Its parts, in their order.
void import_signing_keys(Job& job);  // KeyTable, SigningTable, Domain, KeyFile
void import_signing_form(Job& job);  // Canonicalization, SignHeaders and what else a signature is made of
void import_roles(Job& job);         // who is signed and who is checked
void import_dkim_checking(Job& job); // limits, keys, On-*

// AuthservID of any of the daemons.
void import_authserv_id(Job& job, const Option& option);
// As base::SocketName reads it: OpenDKIM wants brackets around an address.
[[nodiscard]] std::string socket_text(std::string_view value);
// Socket and UMask of opendkim or opendmarc.
void import_socket(Job& job);

} // namespace config::import
