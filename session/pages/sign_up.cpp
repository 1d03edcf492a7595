#include "session/pages/sign_up.h"

#include "session/meeting/line.h"

namespace tyndau::web {

SignUp read_sign_up(const std::map<std::string, std::string>& fields, const meeting::Record& record) {
  const auto field = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  const meeting::Line name = meeting::read_line(field("name")), position = meeting::read_line(field("position"));
  SignUp form{name.text, position.text, field("item"), "", "", {}};
  const auto wrong = [&](const char* what, const char* where) {
    if (!form.wrong.empty()) return;
    form.wrong = what;
    form.field = where;
  };
  if (name.unseen) wrong("unseen", "name");
  if (!name.named) wrong("no_name", "name");
  if (name.letters > SignUp::kMostName) wrong("long_name", "name");
  if (position.unseen) wrong("unseen", "position");
  if (position.letters > SignUp::kMostPosition) wrong("long_position", "position");
  if (!form.item.empty() && record.item(form.item) == nullptr) {
    form.item.clear();
    wrong("no_item", "item");
  }
  return form;
}

}  // namespace tyndau::web
