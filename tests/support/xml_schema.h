// A document held against an XML schema, by libxml2.
#pragma once

#include <memory>
#include <string>

struct _xmlSchema; // NOLINT(bugprone-reserved-identifier): libxml2's name

namespace test {

class XmlSchema {
  public:
    explicit XmlSchema(const std::string& file);

    // What is wrong with the document; empty: nothing.
    [[nodiscard]] std::string problem(const std::string& document) const;

  private:
    struct Free {
        void operator()(_xmlSchema* schema) const;
    };
    std::unique_ptr<_xmlSchema, Free> schema_;
};

} // namespace test
