// How the signatures of a domain look. Domains whose signatures look alike share one.
#pragma once

#include "dkim/sign.h"

namespace keys {

// All but domain, selector and identity.
using Shape = dkim::SignOptions;

} // namespace keys
