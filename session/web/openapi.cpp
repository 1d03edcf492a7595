#include "session/web/api_routes.h"

// The document becomes part of the binary, so that description and behaviour are always of the same build.
asm(".section .rodata\n"
    "tyndau_openapi_begin:\n"
    ".incbin \"session/web/openapi.json\"\n"
    "tyndau_openapi_end:\n"
    ".byte 0\n"
    ".previous\n"
    ".global tyndau_openapi_begin\n"
    ".global tyndau_openapi_end\n");
extern "C" const char tyndau_openapi_begin[];
extern "C" const char tyndau_openapi_end[];

namespace tyndau::web {

std::string_view openapi_document() {
  return {tyndau_openapi_begin, static_cast<std::size_t>(tyndau_openapi_end - tyndau_openapi_begin)};
}

}  // namespace tyndau::web
