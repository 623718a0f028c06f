"""Reads the settings for a command; what is wrong is said in sentences, without a traceback."""

import typer
from pydantic import ValidationError
from rich.console import Console

from api.runtime.settings import Settings


def read_settings(errors: Console) -> Settings:
    """The settings of this installation.

    Raises:
        typer.Exit: a value cannot be used (code 2); each was named on ``errors``.
    """
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            errors.print(f"設定が正しくありません: MADOGUCHI_{name}: {problem['msg']}")
        raise typer.Exit(2) from error
