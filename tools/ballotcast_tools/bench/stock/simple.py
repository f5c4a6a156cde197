"""One simple endpoint: the framework alone."""

from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel

app = FastAPI(title="simple")


class Greeting(BaseModel):
    name: str
    words: str


@app.get("/greetings/{name}")
def greet(name: str, words: str = "good day") -> Greeting:
    return Greeting(name=name, words=words)


handler = Mangum(app)
