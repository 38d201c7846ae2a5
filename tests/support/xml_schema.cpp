#include "support/xml_schema.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <cstdarg>
#include <cstdio>
#include <stdexcept>

namespace test {

namespace {

// NOLINTNEXTLINE(cert-dcl50-cpp): libxml2's form of a callback
void remember(void* text, const char* format, ...) {
    std::va_list values;
    va_start(values, format);
    char line[500];
    std::vsnprintf(line, sizeof line, format, values);
    va_end(values);
    *static_cast<std::string*>(text) += line;
}

} // namespace

void XmlSchema::Free::operator()(_xmlSchema* schema) const {
    xmlSchemaFree(schema);
}

XmlSchema::XmlSchema(const std::string& file) {
    const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> parser(
        xmlSchemaNewParserCtxt(file.c_str()), xmlSchemaFreeParserCtxt);
    schema_.reset(xmlSchemaParse(parser.get()));
    if (!schema_) {
        throw std::runtime_error("no schema in " + file);
    }
}

std::string XmlSchema::problem(const std::string& document) const {
    std::string problems;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> read(
        xmlReadMemory(document.data(), static_cast<int>(document.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE),
        xmlFreeDoc);
    if (!read) {
        return "not well-formed";
    }
    const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> check(
        xmlSchemaNewValidCtxt(schema_.get()), xmlSchemaFreeValidCtxt);
    xmlSchemaSetValidErrors(check.get(), remember, remember, &problems);
    const int result = xmlSchemaValidateDoc(check.get(), read.get());
    return result == 0 ? "" : problems + " ";
}

} // namespace test
