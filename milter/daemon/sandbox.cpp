#include "milter/daemon/sandbox.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <type_traits>

namespace milter::daemon {

namespace {

using Filter = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&seccomp_release)>;

constexpr std::array forbidden{SCMP_SYS(execve),
                               SCMP_SYS(execveat),
                               SCMP_SYS(fork),
                               SCMP_SYS(vfork),
                               SCMP_SYS(ptrace),
                               SCMP_SYS(process_vm_readv),
                               SCMP_SYS(process_vm_writev),
                               SCMP_SYS(mount),
                               SCMP_SYS(setns),
                               SCMP_SYS(unshare),
                               SCMP_SYS(keyctl),
                               SCMP_SYS(bpf),
                               SCMP_SYS(perf_event_open),
                               SCMP_SYS(init_module),
                               SCMP_SYS(finit_module),
                               SCMP_SYS(kexec_load)};

// 0, or what libseccomp says: a negative errno.
int add_rules(scmp_filter_ctx filter) {
    for (const int call : forbidden) {
        if (const int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0); error != 0) {
            return error;
        }
    }
    // clone3 keeps its flags in memory, where a filter cannot look; without it the C library takes clone.
    if (const int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0); error != 0) {
        return error;
    }
    const auto not_a_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, not_a_thread);
}

} // namespace

std::string give_up_other_programs() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
    int error = filter == nullptr ? -ENOMEM : add_rules(filter.get());
    if (error == 0) {
        error = seccomp_load(filter.get());
    }
    return error == 0 ? std::string()
                      : fmt::format("the kernel does not take the filter that refuses other programs: {}",
                                    std::strerror(-error));
}

} // namespace milter::daemon
