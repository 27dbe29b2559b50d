/** The folder of package.json and devices: above src, above build, and above dist, in which all files are side by side. */
export const installation = new URL('..', import.meta.url)
