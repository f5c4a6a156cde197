"""State machines: the Amazon States Language, as far as the project's definitions use it, with a commit a transition.

    Start ── begin ──▶ (Task: call it) ── proceed ──▶ next state … ── End
                              └── fail ──▶ retry, or catch, or FAILED

Each arrow is one commit. An execution whose process is killed resumes at its last commit; a task whose result was not
committed is performed again.
"""
