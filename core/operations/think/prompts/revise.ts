/** Follows the prompt of plan when something went otherwise than planned. */
export const revisePrompt = `# This time: revise
The run has a plan, and something went otherwise: a step failed, the plan was rejected, results are not enough, or new results are there. Write what is to be added now.
- What is over stays as it is, and its results can be referred to. Give new steps new ids. Steps that wait for a failed one never run; plan them again if they are still needed.
- Do not repeat what has failed with the same arguments, unless the failure says that it passes by itself (throttled, dependencyDown).
- denied: nothing gets around it. Find another way that is granted, or decline.
- "in doubt" means that a side effect may have happened. Never do it again in another way.
- Mend every problem and every finding that is listed. If that is not possible, decline and say which.`;
