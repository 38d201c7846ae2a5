#include "dkim/byte_sink.h"

#include <cstring>

namespace dkim {

void DigestSink::write(std::string_view bytes) {
    if (bytes.size() > gathered_.size() - used_) {
        flush();
    }
    if (bytes.size() > gathered_.size()) {
        digest_.update(bytes);
        return;
    }
    std::memcpy(gathered_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
}

crypto::Sha256 DigestSink::peek() {
    flush();
    return digest_.peek();
}

crypto::Sha256 DigestSink::finish() {
    flush();
    return digest_.finish();
}

void DigestSink::flush() {
    digest_.update({gathered_.data(), used_});
    used_ = 0;
}

} // namespace dkim
