export const main = async (a: string[]): Promise<number> => {
  console.log(a);
  return 0;
};
