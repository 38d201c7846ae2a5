// opendmarc.conf as settings.
#pragma once

#include "config/import/job.h"

namespace config::import {

void import_opendmarc(const Options& options, Work& work);

} // namespace config::import
