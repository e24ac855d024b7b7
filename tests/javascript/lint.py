"""Lint the components' JavaScript: oxlint over what the browser gets, then over each file, then the types.

Scripts are joined without imports (pages/ui/components/loader.py), so whether every name is defined can be seen in the
joined bundle alone, and whether one is unused only across all files.
"""

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(sysconfig.get_path("scripts"))
sys.path.insert(0, str(ROOT))

from pages.ui.components.loader import ENTRIES, bundle  # noqa: E402


def main() -> int:
    lint = (BIN / "oxlint", "-c", HERE / "oxlintrc.json", "--deny-warnings", "--ignore-pattern", "*.d.ts")
    failed = run(*lint, "--allow", "no-undef", ROOT / "assets/components", HERE)
    with tempfile.TemporaryDirectory() as folder:
        for name in ENTRIES:
            (Path(folder) / f"{name}.js").write_text(bundle(name)[0], encoding="utf-8")
        failed += run(*lint, "--allow", "no-shadow", folder)  # of names that another file defines
    failed += run(BIN / "node", HERE / "node_modules/typescript/bin/tsc", "-p", HERE)
    return int(failed > 0)


def run(*command: object) -> int:
    return subprocess.run([str(part) for part in command]).returncode


if __name__ == "__main__":
    sys.exit(main())
