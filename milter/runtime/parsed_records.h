// Records and keys of the DNS in parsed form, kept beside the answers they came from.
#pragma once

#include "authenticate/options.h"
#include "dkim/published_key.h"
#include "milter/threads/memo_cache.h"

#include <cstddef>

namespace milter::runtime {

class ParsedRecords {
  public:
    // `answer_bytes` are what the answers may take; all of this takes half as much on top of it.
    explicit ParsedRecords(std::size_t answer_bytes);

    // Has the checks of these options use what is kept here.
    void serve(authenticate::Options& options);

  private:
    threads::MemoCache<dkim::PublishedKey> keys_;
    threads::MemoCache<spf::Record> spf_;
    threads::MemoCache<dmarc::Record> dmarc_;
};

} // namespace milter::runtime
