"""Where the parts of the product lie on disk."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOT_DIR = ROOT / "bot"
BOT_PYTHON = BOT_DIR / ".venv" / "bin" / "python"
NLU_DATA = ROOT / "nlu_data"
CONTENT = ROOT / "knowledge" / "content"
