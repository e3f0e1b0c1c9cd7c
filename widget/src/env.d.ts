// What the build adds to the language.
declare module '*.css?inline' {
  const text: string;
  export default text;
}
