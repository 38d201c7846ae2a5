#include "report/configurations.h"

namespace report {

Key configuration_key(Policy policy) {
    policy.rua.clear();
    policy.error.clear();
    return key_of(pack(policy));
}

} // namespace report
