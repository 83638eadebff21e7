#include "base/text/presentable.h"

#include "base/text/text.h"
#include "base/text/utf8.h"

namespace adit {

std::string presentable(std::string_view text, const std::vector<const Secret*>& secrets) {
  constexpr std::size_t kLongest = 400;
  std::string clean(text);
  // A shorter secret may occur in the text by chance. Replacing it there would reveal it.
  constexpr std::size_t kShortest = 6;
  for (const auto* secret : secrets) {
    if (secret->size() < kShortest) continue;
    clean = replace_all(std::move(clean), secret->reveal(), "<hidden>");
    // As it is in the body of the request.
    auto encoded = form_encode(secret->reveal());
    clean = replace_all(std::move(clean), encoded, "<hidden>");
    wipe(encoded.data(), encoded.size());
  }
  for (auto& character : clean) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) character = ' ';
  }
  if (clean.size() > kLongest) clean = cat(utf8_cut(clean, kLongest), "…");
  return clean;
}

}  // namespace adit
