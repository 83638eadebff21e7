#include "cli/import/import_zip.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(zip) {
  const auto members = accepted([&] { return cli::read_zip(bytes, "config.zip"); });
  if (!members) return;
  std::size_t size = 0;
  require(members->size() <= 100, "an archive has no more members than allowed");
  for (const auto& member : *members) {
    size += member.text.size();
    require(!member.name.empty() && member.name.front() != '/' && ("/" + member.name).find("/../") == std::string::npos,
            "no member leads out of the archive");
  }
  require(size <= (1U << 20U), "an archive contains no more than allowed");
}
