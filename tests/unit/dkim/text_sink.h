// Keeps what is written, as text.
#pragma once

#include "dkim/byte_sink.h"

#include <string>

namespace {

class TextSink final : public dkim::ByteSink {
  public:
    void write(std::string_view bytes) override { text += bytes; }

    std::string text;
};

} // namespace
