#pragma once
#include <string>
#include <string_view>

#include "media/base/result.h"
#include "media/gst/handles.h"

namespace tyndau::gst {

/// The Debian package that has the element, or "" when we do not know it.
std::string_view package_of(std::string_view factory);

/// Makes an element; a missing one is a failure that names the package to install. Any thread.
Result<Element> make_element(const std::string& factory, const std::string& name = {});

/// Builds a pipeline from gst-launch's notation. Any thread.
Result<Element> parse_pipeline(const std::string& line);

/// Sets a property from its text form, if this version of the element has it. Any thread.
void set_if_present(GstElement* element, const char* property, const char* value);

}  // namespace tyndau::gst
